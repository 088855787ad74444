"""Backups that any installation can take in, on SQLite or PostgreSQL (docs/decisions/0018).

tables     which tables go into a backup, and a row as a line of JSON
snapshot   one moment of the database, while people go on working
manifest   what a backup says of itself, and whether every byte of it is still so
files      bytes on disk: hashed, made durable, copied
writing    back_up()
restoring  restore()
automatic  the backup before an upgrade
"""
