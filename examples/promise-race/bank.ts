/**
 * A bank that keeps one account, and customers who take money out of it. Ordinary promise code: it knows nothing of any
 * simulator. Between the look at the balance and the change of it the server waits for its store, and that is a bug:
 * two withdrawals at the same time may both find the money there.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { chunksOf, type Socket, type Sockets, sendAll } from 'alys/stack'

const port = 7_000
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** What was paid out, to whom. */
export interface Payment {
  readonly customer: string
  readonly amount: number
  /** By the server's own clock. */
  readonly at: number
}

/** A store that takes a moment, as stores do. */
class Account {
  #balance: number

  constructor(balance: number) {
    this.#balance = balance
  }

  async read(): Promise<number> {
    await sleep(1 + Math.random() * 4)
    return this.#balance
  }

  async write(balance: number): Promise<void> {
    await sleep(1 + Math.random() * 4)
    this.#balance = balance
  }
}

/** Serves withdrawals: a line `<customer> <amount>` each, answered by `paid` or `refused`. */
export async function serve(
  sockets: Sockets,
  balance: number,
  paid: (payment: Payment) => void,
): Promise<void> {
  const account = new Account(balance)
  sockets.listen(port, (socket) => void attend(socket, account, paid))
}

async function attend(
  socket: Socket,
  account: Account,
  paid: (payment: Payment) => void,
): Promise<void> {
  for await (const line of linesOf(socket)) {
    const [customer = '', text = ''] = line.split(' ')
    const amount = Number(text)
    const balance = await account.read()
    if (balance < amount) {
      await sendAll(socket, encoder.encode('refused\n'))
      continue
    }
    await account.write(balance - amount)
    paid({ customer, amount, at: Date.now() })
    await sendAll(socket, encoder.encode('paid\n'))
  }
  socket.end()
}

/** Takes out `amount` again and again, with pauses, until the bank refuses. */
export async function withdraw(sockets: Sockets, customer: string, amount: number): Promise<void> {
  const socket = await sockets.connect('bank', port)
  const answers = linesOf(socket)
  for (;;) {
    await sleep(Math.random() * 1_000)
    await sendAll(socket, encoder.encode(`${customer} ${amount}\n`))
    const { value } = await answers.next()
    if (value !== 'paid') break
  }
  socket.end()
}

async function* linesOf(socket: Socket): AsyncGenerator<string, undefined> {
  let rest = ''
  for await (const chunk of chunksOf(socket)) {
    const lines = (rest + decoder.decode(chunk)).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  return undefined
}
