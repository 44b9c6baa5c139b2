import cProfile, pstats
from benchmarks.peers.dyadwire_worker import main
pr=cProfile.Profile()
try:
    pr.enable(); main()
finally:
    pr.disable()
    with open("/tmp/adhoc/prof.txt","w") as f: 
        pstats.Stats(pr,stream=f).sort_stats("tottime").print_stats(40)
        pstats.Stats(pr,stream=f).sort_stats("cumtime").print_stats(60)
