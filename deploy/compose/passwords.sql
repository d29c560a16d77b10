-- The passwords of the users that `billow migrate --grants` made. They come from the environment, never from a command line.
\set ON_ERROR_STOP on
\getenv payment POSTGRES_PASSWORD_PAYMENT
\getenv subscription POSTGRES_PASSWORD_SUBSCRIPTION
\getenv gateway_a POSTGRES_PASSWORD_GATEWAY_A
\getenv gateway_b POSTGRES_PASSWORD_GATEWAY_B
\getenv notifier POSTGRES_PASSWORD_NOTIFIER
\getenv activator POSTGRES_PASSWORD_ACTIVATOR
ALTER ROLE billow_payment PASSWORD :'payment';
ALTER ROLE billow_subscription PASSWORD :'subscription';
ALTER ROLE billow_gateway_a PASSWORD :'gateway_a';
ALTER ROLE billow_gateway_b PASSWORD :'gateway_b';
ALTER ROLE billow_notifier PASSWORD :'notifier';
ALTER ROLE billow_activator PASSWORD :'activator';
