// Linux calls that Swift's Glibc module leaves out because they need _GNU_SOURCE.
int renameat2(int old_folder, const char *old_name, int new_folder, const char *new_name, unsigned int flags);
static const unsigned int clinux_rename_exchange = 1 << 1;
