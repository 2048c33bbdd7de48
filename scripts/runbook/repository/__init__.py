"""What the repository offers: files, Kubernetes objects, Compose services, images,
applications. One typed model of them all."""
