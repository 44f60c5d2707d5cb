"""Photos go to a Ray cluster, features come back: the only room that knows of Ray's extraction.

Actors of Ray's core do it, not ``ray.data``: that reads photos where the workers are, who may have
no files, and takes what this process reads only as a whole, before the first network runs.

Two ways of features into the store, which the process that runs the command owns:

- *Rows* of pooled features (some kilobytes a photo) return to that process, from every node, and it
  writes them. A cluster without a shared file system is meant by it, and each with many nodes.
- *Whole maps* (0.3 to 0.6 MB a photo) are written by the workers on that process's own machine,
  straight into the store's file, in turn; only the photos' keys return. One machine with many cores
  is meant by it. Workers on other nodes have no part of that file, as LMDB must not be shared by
  machines: their maps return as rows do, and the network between the nodes is the limit. Heads on
  maps are therefore fitted on the machine that has the store.
"""
