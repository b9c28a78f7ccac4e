import PointerscopeCommands
PointerscopeCommands.run()
