"""Files in a folder or in S3, and links that open one of them for a while."""
