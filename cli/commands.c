/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include <stddef.h>

const struct command commands[] = {
    { "run", "[CASE|GROUP|GLOB]... --profile FILE... [-- DEVICE [ARG]...]",
      "Run a campaign against one device, or several at the same time",
      "pdabPFBYyosRWxHVicrnjvD",
      "CASE is an id such as AFU-DEP-001, GROUP such as afu or AFU-DEP, GLOB "
      "such as\n'AFU-*-00?'; without any, everything runs. DEVICE is started "
      "with its arguments\nas they are (no shell) and ended afterwards; "
      "{address}, {port} and\n{second-port} in them are replaced by where assay "
      "listens, {folder} by a folder for\nwhat outlives a restart, {ca} by the "
      "file of our CA's certificate. Each --profile\nadds a device, or as many "
      "as it says; DEVICE is then the program of all of them.\n\n"
      "Exit status: 0 all pass, 1 some fail, 2 some inconclusive, 3 error, "
      "bad usage or\nnothing ran.",
      command_run },
    { "probe", "[ENDPOINT] [-- DEVICE [ARG]...]",
      "Write a first profile from a connected device", "pbPOfrjvD",
      "Waits for ENDPOINT, or the first device that registers, looks at it as "
      "a campaign\ndoes, and writes what it found as a profile with comments: "
      "for 'run', and for you\nto complete. --profile gives the credentials "
      "of DTLS. DEVICE is started as by\n'run'.\n\n"
      "Exit status: 0 written, 2 no device registered or answered, 3 error or "
      "bad usage.",
      command_probe },
    { "shell", "[SCRIPT|-] [-- DEVICE [ARG]...]",
      "Drive a device step by step, by hand or by a script",
      "pbPFBYyosRWVicrkjvD",
      "'help' in the shell lists the commands; Tab completes them. SCRIPT has "
      "one a\nline, '-' is standard input. A script stops at the first error; "
      "its exit status\nis 0, 1 after a fail, 2 when something could not be "
      "done or judged, 3 after an\nerror or a line that is no command. "
      "Without --profile any device will do.",
      command_shell },
    { "recheck", "DIR", "Judge the journal of an old campaign again", "RWj",
      "Runs today's oracle and judges over DIR/events.ndjson and says which "
      "verdicts and\nfindings change ('-' gone, '+' new). Nothing is sent, "
      "nothing is written. A fail\nthat is not found again becomes inconc "
      "where it had ended the case: what would\nhave followed is unknown. "
      "Without --reading the text is read as it was then.\n\n"
      "Exit status: 0 no verdict changes, 1 some change, 3 error or bad "
      "usage.",
      command_recheck },
    { "list", "[CASE|GROUP|GLOB]...", "List test cases", "pScqj",
      "With --profile or --shape also those that follow from the profile: "
      "AFU-MTX.",
      command_list },
    { "describe", "CASE|REQUIREMENT",
      "Show one test case, or one row of docs/afu.md or docs/core.md", "pScj",
      "CASE is an id such as AFU-DEP-001; REQUIREMENT is an id such as "
      "AFU-089, ST-35 (a\ntransition) or A-07 (where the text can be read in "
      "two ways). With --profile it says\nof each line of a case whether it "
      "holds, and why. Cases of AFU-MTX follow from a\nprofile: --profile or "
      "--shape.",
      command_describe },
    { "package", "COMMAND [OPTION]... [FILE]",
      "Firmware packages: build, inspect, verify, damage, keys", NULL, NULL,
      command_package },
    { "device", "[OPTION]...", "Run the simulated device", NULL, NULL,
      command_device },
    { "demo", "[CASE|GROUP|GLOB]...",
      "Campaign against the simulated device, nothing else needed",
      "mSbPFBYyosRWxHVicrnjv",
      "Starts the simulated device, runs the cases against it over UDP on "
      "loopback and\nwrites a result directory. 'assay device --list-mutants' "
      "names the mutants,\n'--list-shapes' the shapes.",
      command_demo },
    { NULL, NULL, NULL, NULL, NULL, NULL },
};
