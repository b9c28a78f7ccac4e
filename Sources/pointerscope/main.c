/// In Swift, in PointerscopeCommands; returns the exit status.
int pointerscope_main(int count, const char *const *arguments);

int main(int count, char **arguments) { return pointerscope_main(count, (const char *const *)arguments); }
