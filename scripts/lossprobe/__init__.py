"""Count the requests that a service loses while something is done to it.

The standard library only, so that it runs on any machine with Python 3.11 and, in the cluster, in
the image of the front, from a ConfigMap made of this folder.
"""
