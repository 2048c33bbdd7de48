"""Does the Compose file hold together, and with the Dockerfiles and the applications?"""
