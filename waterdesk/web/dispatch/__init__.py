"""派单看板: who is sent where, on one page by grid."""
