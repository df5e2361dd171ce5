"""/desk/projects/: the list, one project, its forms, a file from upload to done, the figures."""
