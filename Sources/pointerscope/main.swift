import PointerscopeCommands

PointerscopeCommands.run()
