// ScoreService
