# Snakemake limits how many jobs start in a second, which nothing here comes near; but for that limit
# it looks at all ready jobs again a second after each look, and with every job that ends one more
# such chain of looks begins: some hundred jobs later it keeps a core busy. Other limits are kept.
onstart:
    limit = workflow.scheduling_settings.max_jobs_per_timespan
    if limit and (limit.max_jobs, limit.timespan) == (100, 1):
        workflow.scheduler.job_rate_limiter = None
