"""What the repository offers: one typed model of files, Kubernetes objects, Compose services, images, applications."""
