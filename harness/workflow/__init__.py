"""One function per verb: joins the rooms and hands typed settings to the pure ones."""
