"""What whoever runs a programme works with: roles, the audit, health, and messages to several people."""
