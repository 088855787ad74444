"""`python -m wenguo` is the command line `wenguo`."""

from wenguo.cli import main

if __name__ == "__main__":
    main()
