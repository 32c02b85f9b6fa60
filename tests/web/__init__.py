"""The web product: requests, permissions, constraints, journeys without a browser."""
