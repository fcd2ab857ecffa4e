"""A small linear model of abuse, hate and threats: how a text becomes numbers, the weights, the training."""
