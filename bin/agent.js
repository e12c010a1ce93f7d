#!/usr/bin/env node
// Opens dist/ and hands it the command line; holds no logic of its own.
import '../dist/cli.js';
