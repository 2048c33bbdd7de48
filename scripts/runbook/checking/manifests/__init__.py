"""Do the manifests hold together, and with Compose and the applications?"""
