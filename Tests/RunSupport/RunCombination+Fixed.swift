extension RunCombination {
  /// Combinations that together have every option at least once.
  public static let fixed: [RunCombination] = [
    RunCombination(
      "idx",
      words(
        """
        --data ../idx --model cnn -b 11 --epochs 3 --lr-schedule onecycle --optimizer adamw \
        --lr 0.005 --augment shift=2,rotate=10,zoom=0.1,shear=5,flip,elastic,erase \
        --label-smoothing 0.1 --log log.jsonl --tensorboard board --save-best best.h5 \
        --monitor test_accuracy --keep 1
        """)),
    RunCombination(
      "pictures",
      words(
        """
        --data ../pictures --image-size 13x12 --fit pad --cache none --model resnet -b 8 \
        --epochs 3 --lr-schedule cosine --warmup 1epoch --class-weights auto \
        --clip-norm 1 --tensorboard board --log log.csv --save-best best.h5 \
        --export-weights weights.h5
        """)),
    RunCombination(
      "npz",
      words(
        """
        --data ../arrays.npz --val-split 0.2 --model mobile -b 8 --epochs 4 --optimizer nesterov \
        --weight-decay 0.01 --ema 0.9 --restore-best --freeze depthwise*,conv2d --scale -1..1 \
        --reduce-lr-on-plateau factor=0.5,patience=1,min_delta=0.2 \
        --shuffle-buffer 20 --log log.csv --monitor val_loss --keep 0 --calibrate
        """)),
    RunCombination(
      "h5",
      words(
        """
        --data ../arrays.h5 --model lenet -b 8 --epochs 6 --patience 2 --min-delta 0.5 \
        --plots plots \
        --accumulate 3 --lr-schedule exponential --warmup 7steps --class-weights 1,0.5,2 \
        --log log.jsonl
        """)),
    RunCombination(
      "options of the optimizer",
      words(
        "--data ../idx --model vgg -b 16 --shards 8 --epochs 3 --lr-schedule step --max-steps 41"),
      recipe: """
        {"optimizer": "rmsprop", "optimizer_options": {"centered": true, "momentum": 0.5, \
        "use_ema": true, "ema_momentum": 0.9, "ema_overwrite_frequency": 7, \
        "global_clipnorm": 1.5}}
        """),
    RunCombination(
      "test data",
      words(
        """
        --data ../pictures --test-data ../more --image-size 12 --fit stretch --image-color gray \
        --val-split 30 --model mlp -b 11 --epochs 4 --lr-schedule linear \
        --augment rotate=20,thickness=0.8,lines,cut=0.3,coarse=2,blur=0.6,contrast=0.3,noise=0.1 \
        --optimizer nadam --log log.jsonl --save-best best.h5 --seed 7
        """)),
    RunCombination(
      "rejected class",
      words(
        """
        --data ../pictures --image-size 12 --val-split 40 --model mlp -b 11 --epochs 4 --ema 0.9 \
        --restore-best --calibrate --reject-rate 0.1 --save-best best.h5 --export-weights weights.h5
        """) + ["--reject-class", "class 2"]),
  ]

  private static func words(_ text: String) -> [String] {
    text.split(whereSeparator: \.isWhitespace).map(String.init)
  }
}
