"""``python -m mesoplan.cli``: the command line without an installed script."""

from mesoplan.cli import main

raise SystemExit(main())
