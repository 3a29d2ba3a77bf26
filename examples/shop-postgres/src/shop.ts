import type { Pool, PoolClient } from 'pg'

/** What the product had before: its own users and orders, in its own tables, reached with `pg`. */
export interface Order {
  id: number
  customer: string
  cents: number
}

export async function openShop(pool: Pool) {
  await pool.query(
    'create table if not exists shop_user (email text primary key, name text not null, job text not null)',
  )
  await pool.query(
    'create table if not exists shop_order (id serial primary key, customer text not null, cents bigint not null check (cents > 0))',
  )
}

export async function signUp(client: Pool | PoolClient, email: string, name: string, job: 'owner' | 'seller') {
  await client.query('insert into shop_user values ($1, $2, $3) on conflict (email) do update set job = excluded.job', [
    email,
    name,
    job,
  ])
}

export async function placeOrder(client: PoolClient, customer: string, cents: number): Promise<Order> {
  const { rows } = await client.query(
    'insert into shop_order (customer, cents) values ($1, $2) returning id, customer, cents::int',
    [customer, cents],
  )
  return rows[0]
}

export async function listOrders(pool: Pool): Promise<Order[]> {
  const { rows } = await pool.query('select id, customer, cents::int from shop_order order by id')
  return rows
}

/** The product's own transactions. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}
