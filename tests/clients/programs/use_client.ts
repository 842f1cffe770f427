// Plays the calls of the README with the generated TypeScript types. Checked by tsc --strict, then run.

import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

declare const process: { argv: string[] };

type Client = ReturnType<typeof createClient<paths, "application/json">>;
const address = process.argv[2] ?? "http://127.0.0.1:8000";

function need<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} has no answer`);
  return value;
}

async function signIn(email: string): Promise<Client> {
  const open = createClient<paths, "application/json">({ baseUrl: address });
  const { data } = await open.POST("/api/v1/auth/login", { body: { email, password: "astral-demo" } });
  const token = need(data, "the sign-in").access_token;
  return createClient<paths, "application/json">({
    baseUrl: address,
    headers: { Authorization: `Bearer ${token}` },
  });
}

async function playAthlete(client: Client): Promise<void> {
  need((await client.GET("/api/v1/auth/me")).data, "auth/me");
  const stats = await client.GET("/api/v1/analytics/fitness_stats", {
    params: { query: { days: 30, refresh: true } },
  });
  const pace: number | null = need(stats.data, "fitness_stats").data.avg_pace_s_per_km;
  if (pace === null) throw new Error("no pace");
  const today = new Date().toISOString().slice(0, 10);
  const stored = await client.PUT("/api/v1/health/days", {
    body: { days: [{ date: today, source: "manual", resting_heart_rate: 47 }] },
  });
  need(stored.data, "health/days");
  const refused = await client.GET("/api/v1/analytics/fitness_stats", { params: { query: { days: 0 } } });
  if (refused.error?.details.field !== "days") throw new Error("the error has another shape");
}

async function playCoach(client: Client): Promise<void> {
  const roster = need(
    (await client.GET("/api/v1/analytics/coach_athletes_metrics", { params: { query: { page_size: 5 } } })).data,
    "the roster",
  ).data;
  const athlete = need(roster.athletes[0], "the roster");
  const severities: components["schemas"]["SeverityEnum"][] = athlete.attention_signals.map((one) => one.severity);
  // @ts-expect-error A closed list does not take any text.
  const wrong: (typeof severities)[number] = "anything goes";
  void wrong;
  const activities = await client.GET("/api/v1/activities", {
    params: { query: { user_id: athlete.user_id, is_race: false } },
  });
  if (need(activities.data, "activities").pagination.total === 0) throw new Error("no activities");
  const made = await client.POST("/api/v1/athletes/{user_id}/sessions", {
    params: { path: { user_id: athlete.user_id } },
    body: { date: new Date().toISOString().slice(0, 10), title: "Easy run", target_duration: 2400, zone: 1 },
  });
  need(made.data, "sessions");
}

await playAthlete(await signIn("athlete@demo.test"));
await playCoach(await signIn("coach@demo.test"));
