"""Django's PostgreSQL, with moments read as quickly as psycopg can."""
