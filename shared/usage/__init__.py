"""What the models use and cost: prices, budgets of people and teams, and the accounts that hold them to it."""
