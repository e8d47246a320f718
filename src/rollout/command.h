/*
 * command.h - the base name of a command, the only part of it that is kept
 * when no content is stored.
 */
#ifndef ROLLOUT_COMMAND_H
#define ROLLOUT_COMMAND_H

#include "json/skim.h"

/*
 * Base name of the first command of the shell text SCRIPT into BUF of N bytes,
 * terminated: without VAR=value, env, sudo and the like, paths, arguments. ""
 * when it is nothing that looks like a program's name. Returns its length; cannot fail.
 * Source: design.md 7 "Content".
 */
size_t command_head(struct str script, char *buf, size_t n);

/*
 * The same into BUF of N bytes from a JSON value V: an array of words
 * (["bash","-lc",script] means the script), or one text. V is borrowed.
 * Returns the length; cannot fail.
 */
size_t command_head_json(struct jv v, char *buf, size_t n);

#endif
