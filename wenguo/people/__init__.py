"""人: who is who. The branch tree, staff and the roles they hold there, deputies, customers; amend()."""
