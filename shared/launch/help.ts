/** What `npx tsx startup.ts --help` prints. */
import { DEFAULT_PORT_BASE } from '../../config/ports.ts'

export const HELP = `Overlay Chat: people, AI models and services in one chat, each a peer with a name.

Usage: npx tsx startup.ts [options]
       npx tsx startup.ts COMMAND [options]

Commands:
  (none)            start everything
  status            what runs, seen from another terminal; exit code 0 when all is ready, 1 when not, 3 when nothing runs
  stop              stop everything, from another terminal, and wait until it is gone
  add NAME          one more person, kept in the configuration; at once while the overlay runs
  remove NAME       take a person out of the configuration; their history stays on disk, add brings it back
                    All four mean the overlay of --data (with --demo the demonstration)
  controller        start the controller alone, with --demo the demonstration provider beside it
  proxy NAME        start one proxy alone
  peer NAME         start one peer, or service, alone
  import FILE       read a chat history of the Python overlay (chat_history_NAME.json); the overlay must be stopped
  backup [FOLDER]   copy all state, also while the overlay runs (default backups/NAME-TIME beside the data folder).
                    The copy holds messages and API keys as they are: keep it where only you can read it
  restore FOLDER    put a backup in the place of the present state, which is moved aside; the overlay must be stopped

Options:
  --demo            answer for the four AI APIs with a demonstration provider on this machine (no keys, no cost)
  --only NAMES      start only these instances, such as --only alice,bob
  --no-web          build and serve no pages; programs and the terminal reach the peers as before
  --no-thermometer  start no thermometer
  --no-openai       start no assistant (BOT)
  --json            status as JSON
  --into NAME       whose history an import is (default the NAME in the file's name)
  --port-base N     move all ports that the configuration does not fix: peers N+n, controller N+3000, demonstration N+4000,
                    proxies N+5000+n (default ${DEFAULT_PORT_BASE})
  --data DIR        where state and logs are kept (default data, with --demo data/demo)
  --config FILE     the overlay's configuration (default config/overlay.json)
  --help            show this text

Environment (or a file .env beside startup.ts):
  OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY, MISTRAL_API_KEY   keys; they can be put on the dashboard as well
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY   the web proxy on the way to AI providers, and only there (docs/ais.md)
  LOG_LEVEL         debug, info (default), warn or error
  NO_COLOR          set to anything: no colours

Ctrl+C stops everything.
`
