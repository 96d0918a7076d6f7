import { setTimeout } from 'node:timers/promises';
import { Controller, Get, Param } from '@nestjs/common';
import { Cacheable } from '../../../src/index.js';
import { contentOf } from './contents.js';

const SOURCE_MS = 5;

@Controller('reports')
export class ReportsController {
  /** Tagged with its name, by which it is looked for in the file. */
  @Get(':name')
  @Cacheable({ type: 'report', tags: (request: { params: { name: string } }) => [request.params.name] })
  async report(@Param('name') name: string): Promise<string> {
    await setTimeout(SOURCE_MS);
    return contentOf(name);
  }
}
