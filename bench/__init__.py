"""How fast it is: each module prints its times beside the targets and a floor."""
