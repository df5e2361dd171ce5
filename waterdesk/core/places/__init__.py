"""Where a case is: polygons of areas, the address book, what is near. See `placing.place`."""
