"""E-mail and SMS: worded by language, sent over SMTP or Twilio's API, or laid down as files."""
