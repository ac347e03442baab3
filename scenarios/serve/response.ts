/**
 * Emergency response for people and for a city's system, on the plant's main port: plans as JSON, as pages, as GeoJSON and as
 * CAP 1.2, and what was done to the plant.
 */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { planCap, planGeoJson, planHtml, planMarkdown } from '../../detector/index.ts';
import { actionEventSchema, plainProblem, responsePlanSchema } from '../../models/contract/index.ts';
import type { ResponseDesk } from '../run/index.ts';

const problemsSchema = z.object({ problems: z.array(z.record(z.string(), z.unknown())) });
const FORMS = ['json', 'html', 'md', 'geojson', 'cap'] as const;

/** @param desk asked at each request: a run makes it when it begins */
export function addResponse(app: OpenAPIHono, desk: () => ResponseDesk | undefined): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/response',
      summary: 'Plans of all confirmed incidents, and what was done to the plant',
      responses: {
        200: {
          content: {
            'application/json': {
              schema: z.object({ plans: z.array(responsePlanSchema), actions: z.array(actionEventSchema) }),
            },
          },
          description: 'empty where nothing is confirmed, or where the twin runs without a response document',
        },
      },
    }),
    (c) => c.json({ plans: [...(desk()?.plans() ?? [])], actions: [...(desk()?.actions ?? [])] }, 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/response/{incident}',
      summary: 'The plan of one incident, as JSON, HTML, Markdown, GeoJSON or CAP 1.2',
      request: {
        params: z.object({ incident: z.string() }),
        query: z.object({ form: z.enum(FORMS).default('json') }),
      },
      responses: {
        200: { description: 'the newest plan' },
        404: { content: { 'application/json': { schema: problemsSchema } }, description: 'no such confirmed incident' },
      },
    }),
    (c) => {
      const { incident } = c.req.valid('param');
      const { form } = c.req.valid('query');
      const plan = desk()
        ?.plans()
        .find((p) => p.incident === incident);
      if (!plan) {
        const problem = plainProblem('/api/response', incident, `"${incident}"`, 'a confirmed incident');
        return c.json({ problems: [{ ...problem }] }, 404);
      }
      switch (form) {
        case 'html':
          return c.html(planHtml(plan));
        case 'md':
          return c.text(planMarkdown(plan), 200, { 'content-type': 'text/markdown; charset=utf-8' });
        case 'geojson':
          return c.json(planGeoJson(plan), 200, { 'content-type': 'application/geo+json' });
        case 'cap':
          return c.text(
            planCap(plan, {
              sender: `leaktwin@${plan.plant}`,
              sent: plan.time ?? new Date().toISOString(),
              status: 'Test',
            }),
            200,
            { 'content-type': 'application/cap+xml' },
          );
        default:
          return c.json(plan, 200);
      }
    },
  );
}
