import { Body, Controller, Post } from '@nestjs/common';
import { CacheEvict } from 'nestjs-reports-cache';
import { type Posting, PostingsService } from './postings.service.js';

@Controller('postings')
export class PostingsController {
  constructor(private readonly postings: PostingsService) {}

  @Post()
  @CacheEvict({ company: (request: { body: Posting }) => request.body.companyId })
  post(@Body() posting: Posting): Promise<void> {
    return this.postings.post(posting);
  }
}
