"""What is to be shown goes in as plain data; a page of HTML comes out, with its pictures in it."""
