import Glibc
import LoadGenerator

exit(runBenchmark(arguments: Array(CommandLine.arguments.dropFirst())))
