"""Takes its process's limits away until the kernel ends it.

says: MemoryError|was killed|processor time|ended|OSError
alone: - it depends on what the kernel asks for next
"""
# %% answer sobel_edges
import resource

def sobel_edges(image):
    used = int(open("/proc/self/statm").read().split()[0]) * 4096
    resource.setrlimit(resource.RLIMIT_AS, (used + 2**20, used + 2**20))
    return np.ones((4000, 4000)).sum()
