"""How the weights of the line model are made from the labelled sets."""
