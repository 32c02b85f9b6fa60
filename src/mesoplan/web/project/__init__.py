"""How the site is put together: settings from the environment, addresses, what all pages share."""
