"""Tables and folders of photos go in; data sets with targets, objects and features come out."""
