import Glibc
import PointerscopeCommands

exit(runPointerscope(arguments: CommandLine.arguments))
