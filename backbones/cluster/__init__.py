"""Photos go to a Ray cluster, features come back: the only room that knows of Ray's extraction.

Actors of Ray's core do it, not ``ray.data``: that reads photos where the workers are, who may have
no files, and takes what this process reads only as a whole, before the first network runs.

Three ways of features into the store, which the process that runs the command owns:

- *Rows* of pooled features (some kilobytes a photo) return to that process, from every node, and it
  writes them. A cluster without a shared file system is meant by it, and each with many nodes.
- *Whole maps* (0.3 to 0.6 MB a photo) are written by the workers on that process's own machine,
  straight into the store's file, in turn; only the photos' keys return. One machine with many cores
  is meant by it. Workers on other nodes have no part of that file, as LMDB must not be shared by
  machines: their maps return as rows do, and the network between the nodes is the limit. Heads on
  maps are therefore fitted on the machine that has the store.
- *Shards* (``backbones.features.shards``), where the nodes share photos and the cache folder and
  ``parallel.shared`` says so: workers read photos and write what they make of a block as a file of
  its own, rows and maps alike; only keys go to and fro, and heads on maps are fitted on every node.
  Many nodes with a shared file system are meant by it: the process that runs the command is no
  limit any more.
"""
