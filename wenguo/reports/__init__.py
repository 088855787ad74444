"""What is read off the record: tables for other programs; reading never changes a case."""
