"""A desk with something true to show: people and two months of cases, all made through the door."""
