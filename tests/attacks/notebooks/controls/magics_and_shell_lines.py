"""Uses magics and `!` lines, as cells of notebooks do, most of which do nothing here.

must: full marks
"""

from autograder.notebook import to_bytes

CELLS = (
    "%matplotlib inline\n%load_ext autoreload\n%autoreload 2\n%config InlineBackend.figure_format = 'svg'",
    "!pip install numpy\n%pip install numpy\n!ls\n!nvidia-smi\nfiles = !ls -a\nprint(files)",
    "%time total = sum(range(100))\n%env NOTHING=1\n%timeit -n1 -r1 sobel_edges(np.eye(4))\n%who\n%pwd",
    "%%time\nedges_of_eye = sobel_edges(np.eye(5))",
    "%%capture caught\nprint('caught')",
    "%%bash\necho hello",
    "%%writefile note.txt\nnothing much",
    "sobel_edges?\nnp.sqrt??",
    "%precision 3\n%xmode minimal\nsobel_edges(np.eye(3)); _ = 5",
)


def make(room, path):
    book = room.solved()
    for source in CELLS:
        room.add(book, after="sobel_edges", source=source)
    room.cell(book, "sobel_edges_solution").source += "\n\nprint(np.__version__)\n!echo done\n"
    path.write_bytes(to_bytes(book))
