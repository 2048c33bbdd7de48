"""What the repository offers: files, objects, containers, images, applications, and the names of them all."""
