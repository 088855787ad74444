"""The clock's hands: loops over due rows under a lease, the server that carries them, and the sample dealership."""
