"""What the DataPress services have in common: settings, logs, errors, health, headers."""
